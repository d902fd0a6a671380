"""The modules join into one program."""

import ast
import os
import unittest

import program


class ProgramTest(unittest.TestCase):
    def test_every_module_is_listed(self):
        modules = {name for name in os.listdir(program.SOURCES) if name.endswith(".py")}
        self.assertEqual(modules - {"__init__.py"}, set(program.parts()))

    def test_is_ascii_and_compiles(self):
        text = program.joined()
        text.encode("ascii")
        compile(text, "worker", "exec")
        self.assertNotIn("\nfrom .", text)
        self.assertNotIn("    from .", text)

    def test_no_name_is_defined_by_two_modules(self):
        owners = {}
        for part in program.parts():
            with open(os.path.join(program.SOURCES, part)) as source:
                tree = ast.parse(source.read())
            names = set()
            for node in tree.body:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    names.add(node.name)
                elif isinstance(node, ast.Assign):
                    names.update(t.id for t in node.targets if isinstance(t, ast.Name))
            for name in names:
                self.assertNotIn(name, owners, "in %s and %s" % (part, owners.get(name)))
                owners[name] = part

    def test_imports_between_modules_name_what_is_joined_before(self):
        listed = program.parts()
        for position, part in enumerate(listed):
            with open(os.path.join(program.SOURCES, part)) as source:
                tree = ast.parse(source.read())
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom) and node.level:
                    self.assertIn(node.module + ".py", listed[:position])
                    self.assertEqual(node.lineno, getattr(node, "end_lineno", node.lineno))
                    self.assertIsNone(node.names[0].asname)


if __name__ == "__main__":
    unittest.main()
