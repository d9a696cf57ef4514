/** A cluster of processes that is broken on purpose, and judged afterwards. */
@NullMarked
package dev.tidemark.tools.cluster;

import org.jspecify.annotations.NullMarked;
