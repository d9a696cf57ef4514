/** What the benchmarks share: sizes, clocks, memory, directories, and the table they fill. */
@NullMarked
package dev.tidemark.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
