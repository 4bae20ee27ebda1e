"""python -m documentation: check the pages, write those that the code writes, build the site.

check       links, blocks of code, pages that the code writes, and the list of pages
reference   write the pages that the code writes
site        build the site in build/site
addresses   ask every address that pages link to whether it answers
"""

import argparse
import sys

from documentation import addresses, assembly, blocks, links, site
from documentation.pages import files_of, pages_of
from documentation.problems import ROOT, Problem
from documentation.reference import pages as reference


def main(arguments: list[str]) -> int:
    """Do what the command line asks for; 0 when nothing is wrong."""
    options = _parser().parse_args(arguments)
    if options.command == "site":
        return site.build(ROOT, options.repository)
    if options.command == "reference":
        for path in reference.write(ROOT):
            print(f"{path} is written anew.")
        return 0
    found = (
        addresses.problems(pages_of(ROOT), addresses.fetched) if options.command == "addresses" else _wrong()
    )
    for problem in sorted(found):
        print(problem)
    return 1 if found else 0


def _wrong() -> list[Problem]:
    pages = pages_of(ROOT)
    return [
        *links.problems(pages, files_of(ROOT)),
        *(problem for page in pages for problem in blocks.problems(page)),
        *reference.problems(ROOT),
        *assembly.problems(ROOT),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m documentation", description="The repository's pages and their site."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="say what is wrong with links, code, generated pages and the index")
    commands.add_parser("reference", help="write the pages that the code writes")
    building = commands.add_parser("site", help="build the site in build/site; a warning is an error")
    building.add_argument(
        "--repository",
        metavar="ADDRESS",
        help="where links to files lead that are no part of the site; this clone unless given",
    )
    commands.add_parser("addresses", help="ask every address that pages link to whether it answers")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
