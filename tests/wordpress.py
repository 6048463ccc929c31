"""The real WordPress, from Debian's packages, with a database that goes with it, on loopback."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

PACKAGES: Final = "wordpress php-cli php-mysql php-gd mariadb-server"
SOURCE: Final = Path("/usr/share/wordpress")
_PROGRAMS: Final = ("php", "mariadbd", "mariadb-install-db")
_PATIENCE_SECONDS: Final = 30
_CONFIG: Final = """<?php
mysqli_report(MYSQLI_REPORT_OFF);
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(folder)s/sock'); define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', ''); define('WP_HOME', '%(url)s'); define('WP_SITEURL', '%(url)s');
define('WP_ENVIRONMENT_TYPE', 'local'); // application passwords without https
define('DISABLE_WP_CRON', true); define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""
_SET_UP: Final = """<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1';
(new mysqli('localhost', 'root', '', '', 0, '%(folder)s/sock'))->query('CREATE DATABASE wordpress');
define('WP_INSTALLING', true);
function wp_mail() { return true; } // nothing leaves
require '%(folder)s/www/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Prova', 'carla', 'carla@example.org', false, '', 'x');
$wp_rewrite->set_permalink_structure('/%%postname%%/');
$passwords = [];
foreach (['editor', 'author', 'contributor'] as $role) {
    $id = wp_insert_user(['user_login' => $role, 'user_pass' => 'x', 'role' => $role,
                          'user_email' => "$role@example.org"]);
    [$passwords[$role]] =
        WP_Application_Passwords::create_new_application_password($id, ['name' => 'Bottega']);
}
echo json_encode($passwords);
"""
_ROUTER: Final = """<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file($_SERVER['DOCUMENT_ROOT'] . $path)) return false;
$_SERVER['SCRIPT_NAME'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A running WordPress: its address, and the application password of a user of each role."""

    url: str
    passwords: Mapping[str, str]


def is_there() -> bool:
    """Tell whether all that it takes is installed."""
    return (SOURCE / "wp-load.php").exists() and all(map(shutil.which, _PROGRAMS))


@contextmanager
def serving() -> Iterator[Installed]:
    """Run a new WordPress until the block ends."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp-")))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        shutil.copytree(SOURCE, folder / "www", ignore=_dangling)
        values = {"folder": folder, "url": url}
        (folder / "www/wp-config.php").write_text(_CONFIG % values)
        (folder / "set-up.php").write_text(_SET_UP % values)
        (folder / "router.php").write_text(_ROUTER)
        stack.enter_context(_database(folder))
        done = subprocess.run(
            ["php", folder / "set-up.php"], check=True, capture_output=True, text=True, timeout=60
        )
        server = ["php", "-S", f"127.0.0.1:{port}", "-t", f"{folder}/www", f"{folder}/router.php"]
        stack.enter_context(_process(server, folder / "php.log"))
        _until(lambda: httpx.get(f"{url}/wp-json/").is_success)
        yield Installed(url, json.loads(done.stdout.splitlines()[-1]))


def _dangling(folder: str, names: list[str]) -> list[str]:
    """Return what is not there; `ignore_dangling_symlinks` takes relative links for it as well."""
    return [name for name in names if not Path(folder, name).exists()]


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    options = ["--no-defaults", f"--datadir={folder}/data"]
    if os.geteuid() == 0:
        options.append("--user=root")
    subprocess.run(
        [
            "mariadb-install-db", *options, "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    server = [
        "mariadbd", *options, f"--socket={folder}/sock", "--skip-networking",
        f"--pid-file={folder}/pid", "--innodb-flush-log-at-trx-commit=0",
        "--innodb-buffer-pool-size=32M",
    ]  # fmt: skip

    def answers() -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(f"{folder}/sock")
        return True

    with _process(server, folder / "database.log"):
        _until(answers)
        yield


@contextmanager
def _process(command: Sequence[str], log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            if true():
                return
        except (OSError, httpx.HTTPError):
            pass
        assert time.monotonic() < deadline, "it does not start"
        time.sleep(0.1)
