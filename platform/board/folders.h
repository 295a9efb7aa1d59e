/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folders, made and removed as a whole
 */
#ifndef INGOT_FOLDERS_H
#define INGOT_FOLDERS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Makes the folder and those above it; one that is there already is fine. 0, or -1 with errno. */
int folder_make(const char *path);
/* Removes it with all in it, not following links; one that is not there is fine. */
void folder_remove(const char *path);

#ifdef __cplusplus
}
#endif
#endif
