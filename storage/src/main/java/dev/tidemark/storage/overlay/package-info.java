/** Deltas that are logged and not yet folded, and how reads see them. */
@NullMarked
package dev.tidemark.storage.overlay;

import org.jspecify.annotations.NullMarked;
