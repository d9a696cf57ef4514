/** Counters with exact observed reset, alone and as fields of a map. */
@NullMarked
package dev.tidemark.engine.counter;

import org.jspecify.annotations.NullMarked;
