"""What is imported late: the modules that were there at the start, and when they can't be had."""

import os
import tempfile
import unittest

import master


class LateImportTest(master.WorkerCase):
    def test_the_path_and_the_folder_of_later_lead_to_no_other_module(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("traceback", "textwrap", "tokenize", "token"):
                with open(os.path.join(folder, name + ".py"), "w") as module:
                    module.write("import builtins; builtins.misled = __name__\n1/0")
            channel = self.worker.execute(
                "import builtins, os, sys\n"
                "builtins.misled = None\n"
                "sys.path.insert(0, %r)\n"
                "os.chdir(%r)\n"
                "raise ValueError('told')" % (folder, folder)
            )
            lines = self.worker.error(channel).splitlines()
            self.assertIn("    raise ValueError('told')", lines)
            self.assertEqual(lines[-1], "ValueError: told")
            self.assertEqual(
                self.worker.run("import builtins; channel.send(builtins.misled)"), [None]
            )
            self.worker.run("import os; os.chdir('/')")

    def test_what_the_code_imports_is_found_on_its_own_path(self):
        self.worker.error(self.worker.execute("1/0"))
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "their_own.py"), "w") as module:
                module.write("answer = 42")
            source = "import sys; sys.path.insert(0, %r); import their_own\n" % folder
            self.assertEqual(self.worker.run(source + "channel.send(their_own.answer)"), [42])

    def test_an_error_without_a_descriptor_left_is_told(self):
        channel = self.worker.execute("""if 1:
            import os, resource
            resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
            files = []
            while True:
                files.append(os.dup(0))
        """)
        text = self.worker.error(channel)
        self.assertIn('File "<remote exec>", line 6, in <module>', text)
        self.assertIn("OSError: [Errno 24]", text.splitlines()[-1])

    def test_lines_of_files_can_be_read(self):
        lines = self.worker.run(
            "import linecache, os, tokenize\n"
            "with tokenize.open(os.__file__) as source:\n"
            "    channel.send(linecache.getline(os.__file__, 1) == source.readline())\n"
            "channel.send(tokenize.__spec__.name)"
        )
        self.assertEqual(lines, [True, "tokenize"])

    # Executed in the main thread: its error waits, amid the import that it takes, for the code
    # that `told` comes from.
    BLOCK = (
        "import builtins, sys, threading\n"
        "told = channel.receive()\n"
        "begun, go_on = sys.their_events = threading.Event(), threading.Event()\n"
        "do_import = builtins.__import__\n"
        "def block(name, names=None, *more, **others):\n"
        "    if names and names['__name__'] == 'traceback' and not begun.is_set():\n"
        "        begun.set()\n"
        "        told.send(threading.get_ident())\n"
        "        go_on.wait()\n"
        "    return do_import(name, names, *more, **others)\n"
        "builtins.__import__ = block\n"
        "raise ValueError('first')\n"
    )

    def block(self):
        """The channel of the error, that which told comes over, and the thread."""
        if self.worker.run("import sys; channel.send('traceback' in sys.modules)") == [True]:
            self.skipTest("here it comes with something that is imported at the start")
        told = self.worker.execute("channel.receive()")
        first = self.worker.execute(self.BLOCK)
        self.worker.send_channel(first, told)
        return first, told, self.worker.item(told)

    def test_errors_at_once_wait_for_one_import(self):
        first, _, _ = self.block()
        second = self.worker.execute("raise ValueError('second')")
        self.worker.run(
            "import sys\n"
            "def is_there(frame):\n"
            "    names = []\n"
            "    while frame: names, frame = names + [frame.f_code.co_name], frame.f_back\n"
            "    return 'late_import' in names\n"
            "while list(map(is_there, sys._current_frames().values())).count(True) < 2: pass\n"
            "sys.their_events[1].set()\n"
        )
        for channel, text in ((first, "first"), (second, "second")):
            lines = self.worker.error(channel).splitlines()
            self.assertEqual(lines[-1], "ValueError: " + text)
            self.assertIn("    raise ValueError('%s')" % text, lines)

    def test_a_cancel_amid_the_import_comes_too_late(self):
        first, _, thread = self.block()
        self.worker.run(
            "import ctypes, sys\n"
            "cancel = ctypes.py_object(KeyboardInterrupt)\n"
            "ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(%d), cancel)\n"
            "sys.their_events[1].set()\n" % thread
        )
        self.assertEqual(self.worker.error(first).splitlines()[-1], "ValueError: first")


if __name__ == "__main__":
    unittest.main()
