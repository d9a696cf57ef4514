/** The {@code bench} command: runs the questions it is asked, each in a JVM of its own. */
@NullMarked
package dev.tidemark.benchmarks;

import org.jspecify.annotations.NullMarked;
