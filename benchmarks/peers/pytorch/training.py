"""The set prediction loss, matching, and a training step, with the reference's factors."""
import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment

RATES = {"detr_resnet50": (1e-4, 1e-5), "small": (3e-4, 3e-4)}


def corners(boxes):
    x, y, w, h = boxes.unbind(-1)
    return torch.stack((x - w / 2, y - h / 2, x + w / 2, y + h / 2), -1)


def generalized_iou(a, b):
    """Of all pairs; both are corners."""
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    inner = (torch.min(a[:, None, 2:], b[:, 2:]) - torch.max(a[:, None, :2], b[:, :2])).clamp(min=0).prod(-1)
    outer = (torch.max(a[:, None, 2:], b[:, 2:]) - torch.min(a[:, None, :2], b[:, :2])).clamp(min=0).prod(-1)
    union = area_a[:, None] + area_b - inner
    return inner / union - (outer - union) / outer


@torch.no_grad()
def match(logits, boxes, targets):
    """For each image its queries and their objects. All costs are made at once, as in the reference."""
    labels = torch.cat([target["labels"] for target in targets])
    wanted = torch.cat([target["boxes"] for target in targets])
    probabilities, predicted = logits.flatten(0, 1).softmax(-1), boxes.flatten(0, 1)
    cost = 5 * torch.cdist(predicted, wanted, p=1) - probabilities[:, labels] - 2 * generalized_iou(corners(predicted), corners(wanted))
    parts = cost.view(*boxes.shape[:2], -1).split([len(target["labels"]) for target in targets], -1)
    return [tuple(map(torch.as_tensor, linear_sum_assignment(part[image]))) for image, part in enumerate(parts)]


def layer_loss(logits, boxes, targets, class_weights):
    pairs = match(logits, boxes, targets)
    classes = logits.shape[-1] - 1
    labels = torch.full(logits.shape[:2], classes)
    for image, (queries, objects) in enumerate(pairs):
        labels[image, queries] = targets[image]["labels"][objects]
    predicted = torch.cat([boxes[image, queries] for image, (queries, _) in enumerate(pairs)])
    wanted = torch.cat([targets[image]["boxes"][objects] for image, (_, objects) in enumerate(pairs)])
    count = max(1, len(wanted))
    overlap = 1 - generalized_iou(corners(predicted), corners(wanted)).diag()
    return F.cross_entropy(logits.transpose(1, 2), labels, class_weights) + 5 * F.l1_loss(predicted, wanted, reduction="sum") / count + 2 * overlap.sum() / count


def optimizer(model, name):
    rate, backbone_rate = RATES[name]
    named = [(key, parameter) for key, parameter in model.named_parameters() if parameter.requires_grad]
    return torch.optim.AdamW(
        [
            {"params": [parameter for key, parameter in named if "backbone" not in key]},
            {"params": [parameter for key, parameter in named if "backbone" in key], "lr": backbone_rate},
        ],
        lr=rate, weight_decay=1e-4,
    )


def step(model, optimizer, image, mask, targets):
    """One step; the loss and the gradients' norm before clipping."""
    logits, boxes = model(image, mask)
    class_weights = torch.ones(model.classes + 1)
    class_weights[-1] = 0.1
    loss = sum(layer_loss(*layer, targets, class_weights) for layer in zip(logits, boxes))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_([parameter for group in optimizer.param_groups for parameter in group["params"]], 0.1)
    optimizer.step()
    return loss.item(), norm.item()
