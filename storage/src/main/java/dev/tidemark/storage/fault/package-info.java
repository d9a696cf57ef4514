/** Named moments at which a crash test ends the process. */
@NullMarked
package dev.tidemark.storage.fault;

import org.jspecify.annotations.NullMarked;
