/** How stores exchange what they know: sessions, transports and repair. */
@NullMarked
package dev.tidemark.replication;

import org.jspecify.annotations.NullMarked;
