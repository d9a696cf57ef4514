/** The grow-only set. */
@NullMarked
package dev.tidemark.engine.set;

import org.jspecify.annotations.NullMarked;
