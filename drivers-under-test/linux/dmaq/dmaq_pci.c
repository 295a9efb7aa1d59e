/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq driver: behind PCIe, BAR 0 and one MSI-X vector
 */
#include <linux/module.h>
#include <linux/pci.h>

#include "dmaq.h"
#include "dmaq_bus.h"

#define DMAQ_PCI_VENDOR 0x1234	/* QEMU's experiments */
#define DMAQ_PCI_DEVICE 0x4951

static void dmaq_pci_free_vectors(void *pdev)
{
	pci_free_irq_vectors(pdev);
}

static int dmaq_pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct dmaq *dmaq;
	int err;

	dmaq = devm_kzalloc(dev, sizeof(*dmaq), GFP_KERNEL);
	if (!dmaq)
		return -ENOMEM;
	dmaq->dev = dev;
	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = pcim_iomap_regions(pdev, BIT(0), "dmaq");
	if (err)
		return err;
	dmaq->regs = pcim_iomap_table(pdev)[0];
	pci_set_master(pdev);
	err = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (err < 0)
		return err;
	err = devm_add_action_or_reset(dev, dmaq_pci_free_vectors, pdev);
	if (err)
		return err;
	err = dmaq_ring_init(dmaq, pci_irq_vector(pdev, 0));
	if (err)
		return err;
	err = dmaq_cdev_init(dmaq);
	if (err)
		return err;
	dev_info(dev, "/dev/%s: MSI-X, irq %d\n", dmaq->misc.name, pci_irq_vector(pdev, 0));
	return 0;
}

static const struct pci_device_id dmaq_pci_ids[] = {
	{ PCI_DEVICE(DMAQ_PCI_VENDOR, DMAQ_PCI_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, dmaq_pci_ids);

struct pci_driver dmaq_pci_driver = {
	.name = "dmaq",
	.id_table = dmaq_pci_ids,
	.probe = dmaq_pci_probe,
	.driver.suppress_bind_attrs = true,
};
