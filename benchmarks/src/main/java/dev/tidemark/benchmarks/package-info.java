/** Measurements: one class per question, the workload named in its first lines. */
@NullMarked
package dev.tidemark.benchmarks;

import org.jspecify.annotations.NullMarked;
