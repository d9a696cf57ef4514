/** What a store that must not go on has and others have not, as updates to be made anew. */
@NullMarked
package dev.tidemark.engine.reissue;

import org.jspecify.annotations.NullMarked;
