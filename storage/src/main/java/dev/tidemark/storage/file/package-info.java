/** The files of a store: their names, how they become durable, who may open them. */
@NullMarked
package dev.tidemark.storage.file;

import org.jspecify.annotations.NullMarked;
