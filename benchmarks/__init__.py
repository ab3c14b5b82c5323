"""What the pages and jobs cost, in T (see ../docs/performance.md). Run with `./run bench [name]`."""
