/** Who of a cluster can be reached, as its members tell each other. */
@NullMarked
package dev.tidemark.replication.gossip;

import org.jspecify.annotations.NullMarked;
