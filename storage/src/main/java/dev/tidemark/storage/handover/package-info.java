/** What one store hands to another besides single commits: runs of history, and whole states. */
@NullMarked
package dev.tidemark.storage.handover;

import org.jspecify.annotations.NullMarked;
