/** What an application embeds: the facade over log, state, recovery and snapshots. */
@NullMarked
package dev.tidemark.storage;

import org.jspecify.annotations.NullMarked;
