/** What every file of ours begins and ends with, and the identity of a store. */
@NullMarked
package dev.tidemark.storage.format;

import org.jspecify.annotations.NullMarked;
