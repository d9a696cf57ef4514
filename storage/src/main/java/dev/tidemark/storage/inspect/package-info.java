/** Looking at a store without writing a byte of it: reading, and verifying everything it claims. */
@NullMarked
package dev.tidemark.storage.inspect;

import org.jspecify.annotations.NullMarked;
