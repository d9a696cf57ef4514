/** How stores write down who belongs to their cluster, and what holds forgetting up. */
@NullMarked
package dev.tidemark.storage.membership;

import org.jspecify.annotations.NullMarked;
