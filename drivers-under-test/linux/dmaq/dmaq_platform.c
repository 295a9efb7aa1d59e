/* SPDX-License-Identifier: GPL-2.0-or-later
 * dmaq driver: platform device of the device tree, compatible = "ingot,dmaq"
 */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/platform_device.h>

#include "dmaq.h"
#include "dmaq_bus.h"

static int dmaq_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct dmaq *dmaq;
	int irq, err;

	dmaq = devm_kzalloc(dev, sizeof(*dmaq), GFP_KERNEL);
	if (!dmaq)
		return -ENOMEM;
	dmaq->dev = dev;
	dmaq->regs = devm_platform_ioremap_resource(pdev, 0);
	if (IS_ERR(dmaq->regs))
		return PTR_ERR(dmaq->regs);
	irq = platform_get_irq(pdev, 0);
	if (irq < 0)
		return irq;
	err = dmaq_ring_init(dmaq, irq);
	if (err)
		return err;
	err = dmaq_cdev_init(dmaq);
	if (err)
		return err;
	dev_info(dev, "/dev/%s: irq %d\n", dmaq->misc.name, irq);
	return 0;
}

static const struct of_device_id dmaq_of_match[] = {
	{ .compatible = "ingot,dmaq" },
	{ }
};
MODULE_DEVICE_TABLE(of, dmaq_of_match);

/* No unbinding through sysfs: a device goes only with the module, which open files hold. All of it is devm's. */
static struct platform_driver dmaq_driver = {
	.probe = dmaq_probe,
	.driver = {
		.name = "dmaq",
		.of_match_table = dmaq_of_match,
		.suppress_bind_attrs = true,
	},
};

static int __init dmaq_init(void)
{
	int err = platform_driver_register(&dmaq_driver);

	if (err)
		return err;
	err = pci_register_driver(&dmaq_pci_driver);
	if (err)
		platform_driver_unregister(&dmaq_driver);
	return err;
}
module_init(dmaq_init);

static void __exit dmaq_exit(void)
{
	pci_unregister_driver(&dmaq_pci_driver);
	platform_driver_unregister(&dmaq_driver);
}
module_exit(dmaq_exit);

MODULE_DESCRIPTION("Ingot dmaq: descriptor-ring DMA engine with CRC-32C");
MODULE_LICENSE("GPL");
