/** Hybrid logical time: stamps and the versions that order writes. */
@NullMarked
package dev.tidemark.engine.clock;

import org.jspecify.annotations.NullMarked;
