import os
import sys

channel.send(
    {
        "executable": sys.executable,
        "version_info": tuple(sys.version_info),
        "platform": sys.platform,
        "cwd": os.getcwd(),
        "pid": os.getpid(),
    }
)
