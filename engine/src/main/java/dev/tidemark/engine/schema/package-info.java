/** Which strategy a key prefix has. */
@NullMarked
package dev.tidemark.engine.schema;

import org.jspecify.annotations.NullMarked;
