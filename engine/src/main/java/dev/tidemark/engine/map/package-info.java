/** The last-writer-wins map. */
@NullMarked
package dev.tidemark.engine.map;

import org.jspecify.annotations.NullMarked;
