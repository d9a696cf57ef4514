/**
 * The chunks of large values, each in a file named by its hash: written before what refers to them
 * is logged, verified when they are read, swept when nothing refers to them any more.
 */
@NullMarked
package dev.tidemark.storage.blob;

import org.jspecify.annotations.NullMarked;
