"""Imports run one way: nanoweb → lesson → predictions, collecting → training → projects → accounts, classifier.

An arrow may skip steps."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

MAY_IMPORT = {
    'nanoweb': {'lesson', 'predictions', 'collecting', 'training', 'projects', 'accounts', 'classifier'},
    'lesson': {'predictions', 'projects', 'accounts', 'classifier'},
    'predictions': {'training', 'projects', 'accounts', 'classifier'},
    'collecting': {'training', 'projects', 'accounts', 'classifier'},
    'training': {'projects', 'accounts', 'classifier'},
    'projects': {'accounts', 'classifier'},
    'accounts': set(),
    'classifier': set(),
}
# The learning core is plain Python: it could be used without the web program around it.
NOT_IN_CLASSIFIER = {
    'django',
    'rest_framework',
    'channels',
    'celery',
    'kombu',
    'asgiref',
    'redis',
    'psycopg',
    'uvicorn',
}
DYNAMIC = {'import_module', '__import__', 'import_string'}


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, top package) of every import, inside functions too, also where a function gets the name as a text."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name.partition('.')[0]) for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield node.lineno, module.partition('.')[0]
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str(module)), *_]
            ):
                if name in DYNAMIC:
                    yield node.lineno, module.partition('.')[0]


def violations(root: Path) -> list[str]:
    found = []
    for package, allowed in MAY_IMPORT.items():
        refused = set(MAY_IMPORT) - allowed - {package} | (NOT_IN_CLASSIFIER if package == 'classifier' else set())
        for path in sorted((root / package).rglob('*.py')):
            for line, name in imports(ast.parse(path.read_text(encoding='utf-8'))):
                if name in refused:
                    found.append(f'{path.relative_to(root)}:{line} imports {name}')
    return found


def test_imports_run_one_way():
    assert all((ROOT / package / '__init__.py').is_file() for package in MAY_IMPORT)
    assert violations(ROOT) == []


@pytest.mark.parametrize(
    ('path', 'code', 'name'),
    [
        ('projects/views.py', 'import os\nfrom training.models import Run\n', 'training'),
        ('projects/deep/inside.py', 'import os\nimport predictions.keys as keys\n', 'predictions'),
        ('training/tasks.py', 'def run():\n    from predictions import predictor\n', 'predictions'),
        ('classifier/heads.py', 'class Head:\n    import django.db\n', 'django'),
        ('classifier/heads.py', 'def fit():\n    from rest_framework import views\n', 'rest_framework'),
        ('predictions/api.py', 'import importlib\nimportlib.import_module("nanoweb.settings")\n', 'nanoweb'),
    ],
)
def test_a_turned_arrow_is_found(tmp_path, path, code, name):
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_text(code)
    assert violations(tmp_path) == [f'{path}:2 imports {name}']


def test_arrows_that_skip_steps_are_fine(tmp_path):
    for path, code in {
        'nanoweb/asgi.py': 'from classifier import images',
        'predictions/api.py': 'from projects.access import get_project',
        'classifier/weights/hub.py': 'from classifier.backbones import Backbone\nfrom . import files',
    }.items():
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(code)
    assert violations(tmp_path) == []
