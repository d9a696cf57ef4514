/** A store that is served: to its peers, and over HTTP to scripts. */
@NullMarked
package dev.tidemark.tools.serve;

import org.jspecify.annotations.NullMarked;
