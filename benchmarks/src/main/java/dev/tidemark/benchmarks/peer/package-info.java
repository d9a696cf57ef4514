/** Other stores that somebody could use instead, each given what its documents recommend. */
@NullMarked
package dev.tidemark.benchmarks.peer;

import org.jspecify.annotations.NullMarked;
