/** What the store is compared with: the libraries below it, used directly. */
@NullMarked
package dev.tidemark.benchmarks.baseline;

import org.jspecify.annotations.NullMarked;
