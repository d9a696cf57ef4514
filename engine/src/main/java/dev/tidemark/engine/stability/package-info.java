/** Who belongs, what all of them have seen, and what may therefore be forgotten. */
@NullMarked
package dev.tidemark.engine.stability;

import org.jspecify.annotations.NullMarked;
