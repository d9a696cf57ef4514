/**
 * The benchmarks: one class per question, which states workload and baseline in its first lines.
 */
@NullMarked
package dev.tidemark.benchmarks.question;

import org.jspecify.annotations.NullMarked;
