/** Large values as a delta names them: a length and the root of a tree of hashed chunks. */
@NullMarked
package dev.tidemark.engine.blob;

import org.jspecify.annotations.NullMarked;
