"""The modules join into one program."""

import ast
import os
import unittest

import program


class ProgramScenarios:
    sources = None

    def tree(self, part):
        with open(program.path(part, self.sources)) as source:
            return ast.parse(source.read())

    def test_every_module_is_listed(self):
        modules = {name for name in os.listdir(self.sources) if name.endswith(".py")}
        listed = {part for part in program.parts(self.sources) if "/" not in part}
        self.assertEqual(modules - {"__init__.py"}, listed)

    def test_is_ascii_and_compiles(self):
        text = program.joined(self.sources)
        text.encode("ascii")
        compile(text, "program", "exec")
        for indent in ("", "    "):
            self.assertNotIn("\n%sfrom ." % indent, text)
            self.assertNotIn("\n%sfrom execnet_" % indent, text)

    def test_no_name_is_defined_by_two_modules(self):
        owners = {}
        for part in program.parts(self.sources):
            names = set()
            for node in self.tree(part).body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    names.add(node.name)
                elif isinstance(node, ast.Assign):
                    names.update(t.id for t in node.targets if isinstance(t, ast.Name))
            for name in names:
                self.assertNotIn(name, owners, "in %s and %s" % (part, owners.get(name)))
                owners[name] = part

    def test_imports_between_modules_name_what_is_joined_before(self):
        listed = program.parts(self.sources)
        for position, part in enumerate(listed):
            for node in ast.walk(self.tree(part)):
                if isinstance(node, ast.ImportFrom) and (
                    node.level or node.module.startswith("execnet_")
                ):
                    name = node.module.replace(".", "/") + ".py"
                    if "/" not in part or "/" in name:
                        self.assertIn(name, listed[:position])
                    self.assertEqual(node.lineno, getattr(node, "end_lineno", node.lineno))
                    self.assertIsNone(node.names[0].asname)


class WorkerProgramTest(ProgramScenarios, unittest.TestCase):
    sources = program.SOURCES


class ServerProgramTest(ProgramScenarios, unittest.TestCase):
    sources = program.SERVER_SOURCES


if __name__ == "__main__":
    unittest.main()
