/* SPDX-License-Identifier: GPL-2.0-or-later
 * The C models of this room
 */
#ifndef INGOT_MODELS_H
#define INGOT_MODELS_H

#include "platform/seam/vdev.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct vdev_ops uart16550_ops;
extern const struct vdev_ops dmaq_ops;
extern const struct vdev_ops smmuv3_ops;

#ifdef __cplusplus
}
#endif
#endif
