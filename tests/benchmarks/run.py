"""All benchmarks in one table, as ratios within one run: `make bench` (add --full for the
sizes of the issue: 100,000 articles, 1,000,000 answers; about twenty minutes)."""

import sys

import bench_desk
import bench_export
import bench_import


def main(full: bool) -> None:
    rows = [
        *bench_import.main(100_000 if full else 5_000),
        *bench_export.main(1_000_000 if full else 50_000),
        *bench_desk.main([1_000, 100_000] if full else [1_000, 10_000]),
    ]
    width = max(len(name) for name, _value, _aim in rows)
    print(f"{'what':{width}}  {'measured':34}  aim or growth")
    for name, value, aim in rows:
        print(f"{name:{width}}  {value:34}  {aim}")


if __name__ == "__main__":
    main("--full" in sys.argv)
