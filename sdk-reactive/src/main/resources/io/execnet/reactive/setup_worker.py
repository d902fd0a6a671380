import os


def setup(channel, env, chdir, nice):
    os.environ.update(env)
    if chdir is not None:
        if not os.path.isdir(chdir):
            os.makedirs(chdir)
        os.chdir(chdir)
    if nice is not None:
        os.nice(nice)
