/** Who has seen what: dots and version vectors. */
@NullMarked
package dev.tidemark.engine.causality;

import org.jspecify.annotations.NullMarked;
