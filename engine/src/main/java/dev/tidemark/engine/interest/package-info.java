/** Which keys a store holds, and which of several stores holds a key. */
@NullMarked
package dev.tidemark.engine.interest;

import org.jspecify.annotations.NullMarked;
