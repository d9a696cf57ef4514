/**
 * The main job: a recorded history of many authors, replayed at as many stores as it had parallel
 * lines, and checked against what git says it came to.
 */
@NullMarked
package dev.tidemark.tools.demo;

import org.jspecify.annotations.NullMarked;
