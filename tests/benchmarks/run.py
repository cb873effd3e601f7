"""All benchmarks in one table, as ratios within one run: `make bench`, at 1,000 and 100,000
articles and 1,000,000 answers, about half an hour; `make bench BENCH=--quick` at a
tenth of that and less."""

import sys

import bench_agreement
import bench_carrying
import bench_codebook_editor
import bench_desk
import bench_export
import bench_import
import bench_unitizing


def main(quick: bool) -> None:
    rows = [
        *bench_agreement.main(),
        *bench_unitizing.main(),
        *bench_import.main(5_000 if quick else 100_000),
        *bench_export.main(50_000 if quick else 1_000_000),
        *bench_carrying.main(1_000 if quick else 20_000),
        *bench_codebook_editor.main(),
        *bench_desk.main([1_000, 10_000] if quick else [1_000, 100_000]),
    ]
    width = max(len(name) for name, _value, _aim in rows)
    print(f"{'what':{width}}  {'measured':34}  aim or growth")
    for name, value, aim in rows:
        print(f"{name:{width}}  {value:34}  {aim}")


if __name__ == "__main__":
    main("--quick" in sys.argv)
