/** What a caller asks for, before it is prepared into a delta. */
@NullMarked
package dev.tidemark.engine.operation;

import org.jspecify.annotations.NullMarked;
