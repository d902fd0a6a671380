import os
import sys

channel.send([sys.executable, tuple(sys.version_info), sys.platform, os.getcwd(), os.getpid()])
