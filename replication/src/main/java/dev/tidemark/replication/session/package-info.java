/** What two ends of a session say to each other, over any link. */
@NullMarked
package dev.tidemark.replication.session;

import org.jspecify.annotations.NullMarked;
