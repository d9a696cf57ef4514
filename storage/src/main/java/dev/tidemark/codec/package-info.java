/** Codecs for a user's own classes. */
@NullMarked
package dev.tidemark.codec;

import org.jspecify.annotations.NullMarked;
