/**
 * What an open finds on the disk and makes of it: facts, one case out of a table, and the steps
 * that the case asks for.
 */
@NullMarked
package dev.tidemark.storage.recovery;

import org.jspecify.annotations.NullMarked;
