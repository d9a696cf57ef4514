/** How many members an update or a read waits for. */
@NullMarked
package dev.tidemark.replication.consistency;

import org.jspecify.annotations.NullMarked;
