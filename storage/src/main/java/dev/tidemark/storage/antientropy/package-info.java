/** How two stores find the keys in which they differ although they have joined the same. */
@NullMarked
package dev.tidemark.storage.antientropy;

import org.jspecify.annotations.NullMarked;
